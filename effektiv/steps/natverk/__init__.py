"""What is done for several municipalities together: the network of a project, and the choice among applicants."""
