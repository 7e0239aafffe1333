"""The manual's own examples in a served Odoo: each call is a transaction of its own, as for people and integrators."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from .support import changes, code_action, finished, jobs, received_changes, retries

PRODUCT_FIELDS = "name, default_code, list_price, qty_available"
DELIVERY_ORDER_DONE = "[('state','=','done'),('picking_type_id.code','=','outgoing')]"


@pytest.fixture
def product(shop):
    return shop.new_product("Oak Desk", default_code="DESK-1")


@pytest.fixture
def template(shop, product):
    return shop.template(product)


@pytest.fixture
def watched(odoo, receiver, product):
    """The webhook on products."""
    return odoo.subscribe("product.product", "on_write", receiver.url("/product"), field_names=PRODUCT_FIELDS)


def test_what_is_edited_on_the_template_or_the_variant_is_one_event_each(odoo, receiver, product, template, watched):
    for model, record, values in (
        ("product.template", template, {"name": "Elm Desk"}),
        ("product.template", template, {"list_price": 12.5}),
        ("product.template", template, {"list_price": 12.5, "description": "not for customers"}),
        ("product.product", product, {"default_code": "DESK-2"}),
        ("product.product", product, {"description_sale": "of a very old tree", "list_price": 12.5}),
        ("product.product", product, {"list_price": 15.0}),
    ):
        odoo.call(model, "write", [record], values)
    expected = [
        {"name": {"old": "Oak Desk", "new": "Elm Desk"}},
        {"list_price": {"old": 10.0, "new": 12.5}},
        {"default_code": {"old": "DESK-1", "new": "DESK-2"}},
        {"list_price": {"old": 12.5, "new": 15.0}},
    ]
    assert changes(odoo, watched) == expected
    requests = receiver.wait_for(len(expected))
    assert received_changes(requests) == expected
    assert {request.json()["data"]["id"] for request in requests} == {product}
    assert requests[0].json()["data"]["record"] == {
        "id": product,
        "display_name": "[DESK-1] Elm Desk",
        "name": "Elm Desk",
        "default_code": "DESK-1",
        "list_price": 10.0,
        "qty_available": 0.0,
    }


def test_what_comes_in_and_goes_out_changes_the_stock_and_a_reservation_does_not(
    odoo, shop, receiver, product, watched
):
    shop.receive(product, 5)
    shop.receive(product, 3)
    order = shop.confirmed_order(product, 2)
    (picking,) = odoo.call("stock.picking", "read", shop.pickings(order), ["state"])
    assert picking["state"] == "assigned"
    steps = [(0.0, 5.0), (5.0, 8.0)]
    expected = [{"qty_available": {"old": old, "new": new}} for old, new in steps]
    assert changes(odoo, watched) == expected
    shop.deliver(order)
    expected.append({"qty_available": {"old": 8.0, "new": 6.0}})
    assert changes(odoo, watched) == expected
    requests = receiver.wait_for(3)
    assert received_changes(requests) == expected
    assert [request.json()["data"]["record"]["qty_available"] for request in requests] == [5.0, 8.0, 6.0]


def test_a_delivery_order_that_is_done_is_one_event(odoo, shop, receiver, product):
    shop.receive(product, 5)
    webhook = odoo.subscribe("stock.picking", "on_write", receiver.url("/hook"), condition=DELIVERY_ORDER_DONE)
    order = shop.confirmed_order(product, 2)
    assert not jobs(odoo, webhook)
    shop.deliver(order)
    shop.receive(product, 1)  # done too, but not outgoing
    (job,) = finished(odoo, webhook)
    (request,) = receiver.wait_for(1)
    data = request.json()["data"]
    assert (job["res_id"], data["id"]) == (shop.pickings(order)[0], job["res_id"])
    assert data["record"]["state"] == "done"
    assert data["changes"]["state"] == {"old": "assigned", "new": "done"}


def test_the_total_of_an_order_follows_its_lines(odoo, shop, receiver, product):
    order = shop.new_order(product, 3)
    (line,) = shop.lines(order)
    webhook = odoo.subscribe("sale.order", "on_write", receiver.url("/hook"), field_names="name, amount_total")
    new_line = {"product_id": product, "product_uom_qty": 1}
    write = odoo.call
    write("sale.order", "write", [order], {"order_line": [(1, line, {"product_uom_qty": 5})]})
    write("sale.order.line", "write", [line], {"product_uom_qty": 4})
    write("sale.order.line", "write", [line], {"product_uom_qty": 4})
    write("sale.order", "write", [order], {"order_line": [(0, 0, new_line)]})
    added = odoo.create("sale.order.line", order_id=order, **new_line)
    write("sale.order.line", "unlink", [added])
    write("sale.order", "write", [order], {"order_line": [(2, line)]})
    steps = [(30.0, 50.0), (50.0, 40.0), (40.0, 50.0), (50.0, 60.0), (60.0, 50.0), (50.0, 10.0)]
    expected = [{"amount_total": {"old": old, "new": new}} for old, new in steps]
    assert changes(odoo, webhook) == expected
    assert received_changes(receiver.wait_for(len(expected))) == expected


def test_the_lines_of_a_deleted_order_are_deletions(odoo, shop, receiver, product):
    order = shop.new_order(product, 3)
    (first,) = shop.lines(order)
    second = odoo.create("sale.order.line", order_id=order, product_id=product, product_uom_qty=4)
    webhook = odoo.subscribe("sale.order.line", "on_unlink", receiver.url("/hook"), field_names="product_uom_qty")
    odoo.call("sale.order", "unlink", [order])
    assert sorted(job["res_id"] for job in jobs(odoo, webhook)) == [first, second]
    records = [request.json()["data"]["record"] for request in receiver.wait_for(2)]
    assert {record["id"]: record["product_uom_qty"] for record in records} == {first: 3.0, second: 4.0}


def test_a_retried_transaction_whose_change_shows_through_another_record_sends_once(
    odoo, server, shop, receiver, product
):
    """Four people add a line to one order at once: PostgreSQL refuses all but the first, and Odoo runs them again."""
    order = shop.new_order(product, 1)
    webhook = odoo.subscribe("sale.order", "on_write", receiver.url("/hook"), field_names="amount_total")
    add_line = code_action(
        odoo,
        "sale.order",
        # Reading first starts the snapshot; the wait makes the others commit in between.
        "record.read(['amount_total'])\nenv.cr.execute('SELECT pg_sleep(0.5)')\n"
        "env['sale.order.line'].create({'order_id': record.id, 'product_uom_qty': 1, "
        f"'product_id': {product}, 'price_unit': env.context['price']}})",
    )
    before = retries(server)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda price: add_line(order, server.client(), price=price), (1.0, 2.0, 4.0, 8.0)))
    assert retries(server) > before, "no transaction was retried, so the test shows nothing"
    found = changes(odoo, webhook)
    assert len(found) == 4
    totals = [change["amount_total"]["new"] for change in found]
    # In the order of the commits: each begins where the one before ended.
    assert [change["amount_total"]["old"] for change in found] == [10.0, *totals[:-1]]
    assert totals[-1] == 25.0
    assert received_changes(receiver.wait_for(4)) == found
