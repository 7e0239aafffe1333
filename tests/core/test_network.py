"""Which addresses a webhook may connect to."""

import ipaddress

import pytest
from odoo.addons.webhook.delivery import network

# One inside of each special network, at its edges (SENDERS: 15, 16).
REFUSED = [
    "0.0.0.0",
    "0.255.255.255",
    "10.0.0.0",
    "10.255.255.255",
    "100.64.0.0",
    "100.100.100.200",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.255",
    "168.63.129.16",
    "169.254.0.0",
    "169.254.169.254",
    "169.254.255.255",
    "172.16.0.0",
    "172.31.255.255",
    "192.0.0.0",
    "192.0.0.8",
    "192.0.0.192",
    "192.0.0.255",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.0",
    "192.168.255.255",
    "198.18.0.0",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:10.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::8.8.8.8",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:1ff:ffff::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:808:808::1",
    "3fff::1",
    "3fff:fff:ffff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fdff:ffff::1",
    "fe80::1",
    "fe80::1%lo",
    "febf::1",
    "fec0::1",
    "feff::1",
    "ff02::1",
    "ff0e::1",
    "64:ff9c::1",
]
PUBLIC = [
    "1.0.0.0",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.254",
    "100.128.0.1",
    "126.255.255.255",
    "128.0.0.1",
    "168.63.129.15",
    "168.63.129.17",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "191.255.255.255",
    "192.0.1.0",
    "192.0.3.0",
    "192.88.98.255",
    "192.88.100.0",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "198.51.99.255",
    "198.51.101.0",
    "203.0.112.255",
    "203.0.114.0",
    "223.255.255.255",
    "2000::1",
    "2001:200::1",
    "2001:db7:ffff::1",
    "2001:db9::1",
    "2003::1",
    "2606:4700:4700::1111",
    "3ffe:ffff::1",
    "3fff:1000::1",
]


@pytest.mark.parametrize("address", REFUSED)
def test_special_addresses_are_refused(address):
    assert not network.allowed(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_their_public_neighbours_are_allowed(address):
    assert network.allowed(address)


@pytest.mark.parametrize(
    ("networks", "address"),
    [
        ("127.0.0.0/8, ::1", "127.0.0.1"),
        ("127.0.0.0/8, ::1", "::1"),
        ("10.1.2.3", "10.1.2.3"),
        ("fd00::/8", "fd00:ec2::254"),
        ("fe80::/10", "fe80::1%eth0"),
        ("10.0.0.0/8", "::ffff:10.0.0.1"),
        ("::ffff:10.0.0.0/104", "10.0.0.1"),
        ("64:ff9b::/96", "64:ff9b::8.8.8.8"),
        ("64:ff9b::/96 10.0.0.0/8", "64:ff9b::10.0.0.1"),
        ("2002::/16", "2002:808:808::1"),
    ],
)
def test_what_an_administrator_lists_is_allowed(networks, address):
    assert network.allowed(address, network.parse(networks))


@pytest.mark.parametrize(
    ("networks", "address"),
    [
        ("10.1.2.3", "10.1.2.4"),
        ("127.0.0.0/8", "::1"),
        ("::1", "127.0.0.1"),
        ("10.0.0.0/8", "::10.0.0.1"),
        ("10.0.0.0/8", "64:ff9b::10.0.0.1"),
        ("64:ff9b::/96", "64:ff9b::10.0.0.1"),
        ("64:ff9b:1::/48", "64:ff9b:1::127.0.0.1"),
        ("2002::/16", "2002:a00:1::1"),
        ("2001::/32", "2001:0:4136:e378:8000:63bf:f5ff:fffe"),  # the client's address, inverted: 10.0.0.1
        ("::/0", "::ffff:10.0.0.1"),
        ("::/0", "::10.0.0.1"),
    ],
)
def test_what_is_behind_a_listed_network_is_not_allowed_with_it(networks, address):
    assert not network.allowed(address, network.parse(networks))


@pytest.mark.parametrize("text", [None, False, "", " \n,, "])
def test_nothing_listed_is_no_network(text):
    assert network.parse(text) == ()


def test_networks_are_separated_by_spaces_commas_or_lines():
    expected = tuple(ipaddress.ip_network(each) for each in ("10.0.0.0/8", "192.168.1.7/32", "fd00::/8", "::1/128"))
    assert network.parse(" 10.0.0.0/8,192.168.1.7\nfd00::/8 ; ::1") == expected


@pytest.mark.parametrize(
    ("text", "wrong", "instead"),
    [
        ("10.0.0.0/8, localhost", "“localhost”", "10.0.0.0/8"),
        ("10.0.0.0/33", "“10.0.0.0/33”", "10.0.0.0/8"),
        ("300.1.1.1", "“300.1.1.1”", "192.168.1.7"),
        ("fe80::1%eth0", "“fe80::1%eth0”", "fd00::/8"),
        ("*", "“*”", "192.168.1.7"),
        ("10.1.2.3/8", "“10.1.2.3/8”", "10.0.0.0/8"),
        ("10.1.2.3/8", "“10.1.2.3/8”", "10.1.2.3 "),
    ],
)
def test_a_wrong_network_is_named_and_what_to_write_instead(text, wrong, instead):
    with pytest.raises(ValueError, match="Write") as raised:
        network.parse(text)
    assert wrong in str(raised.value)
    assert instead in str(raised.value)
