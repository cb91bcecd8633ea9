"""Order: which steps make a verb; the command line and the Prefect flows that run the verbs."""
