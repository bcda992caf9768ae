"""Labels: which columns of an administration's flat file hold what controls found, and in which words."""

from tidegate.risk.labels.labels import Label, Labels, LabelsError, load_labels

__all__ = ["Label", "Labels", "LabelsError", "load_labels"]
