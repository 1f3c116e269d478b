"""Step 2, orsaksanalys: what the differences consist of, what structure explains, and what people must find out."""
