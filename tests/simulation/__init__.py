"""The whole pipeline on a clock of its own, against a HeyGen of its own, with a seed that decides everything."""
