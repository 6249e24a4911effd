"""What the warehouse costs, measured beside what one would use instead: `python -m benchmarks`."""
