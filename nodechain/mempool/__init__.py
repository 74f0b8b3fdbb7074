"""The way into the pool: admission, verification off the loop, what is promised to be kept."""
