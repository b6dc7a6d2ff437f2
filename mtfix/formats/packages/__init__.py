"""Documents that are ZIP archives of parts: OpenDocument, PowerPoint, EPUB; and what Word documents share with them."""
