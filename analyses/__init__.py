"""What is made of the published database: the yearly report, notebooks, audits. Nothing here reads anything else."""
