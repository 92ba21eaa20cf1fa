"""The bank: law register, items and their versions, blueprints, frozen forms."""
