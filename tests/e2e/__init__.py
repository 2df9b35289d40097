"""The product as a person meets it: in a real browser, over HTTP."""
