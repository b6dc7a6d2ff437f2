"""The kinds of rules, one module a kind; `registry` lists them."""
