"""What only datasets have: parquet files and Croissant documents."""
