"""What builds, runs, shows and tests the product on a developer's machine; nothing here is shipped in the addons."""
