"""The life of an item: written, reviewed by two others, in use, questioned, retired."""
