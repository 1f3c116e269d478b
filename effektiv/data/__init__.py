"""Where numbers come from: catalogue, Kolada, local files, snapshots."""
