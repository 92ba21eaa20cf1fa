"""Running an installation: migrations, serving, backup, restore, doctor."""
