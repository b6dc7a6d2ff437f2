"""Commands over the library: each reads its options, calls the library, and prints. `app.main` is the way in."""
