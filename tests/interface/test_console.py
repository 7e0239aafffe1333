"""What the browser's console says is heard: otherwise “no error in the console” would mean nothing."""


def test_errors_are_noted(web):
    web.page.evaluate("console.error('Something is broken')")
    web.page.evaluate("setTimeout(() => { throw new Error('Nobody caught this') })")
    noted = web.take_errors(2)
    assert any("Something is broken" in error for error in noted)
    assert any("Nobody caught this" in error for error in noted)
