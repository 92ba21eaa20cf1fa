"""Files that people upload to be kept: checked by content, stored outside the web root, served safely."""
