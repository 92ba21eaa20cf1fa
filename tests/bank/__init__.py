"""The bank room: laws, items, blueprints, forms."""
