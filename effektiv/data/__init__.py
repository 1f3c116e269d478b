"""Where numbers come from: catalogue, Kolada, example data, local files, snapshots."""
