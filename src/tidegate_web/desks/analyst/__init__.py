"""The analyst's desk: profiles tried and adopted, the model watched, another policy rehearsed."""
