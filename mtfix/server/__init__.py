"""The editor's desk: a server that speaks LanguageTool's protocol and its own, a page for editors, and LSP.

``app.make_app`` is the way in. Libraries of the web are imported here and nowhere else in mtfix.
"""
