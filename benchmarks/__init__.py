"""Speed, measured by hand: each prints ratios taken within one run, because machines differ."""
