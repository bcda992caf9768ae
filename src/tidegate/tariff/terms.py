"""Delivery terms (Incoterms of the International Chamber of Commerce): what is in the price and what is not.

Only what matters to the customs value is held: whether the carriage and the insurance up to the border are
part of the price. Terms of earlier editions are kept, for declarations still state them.
"""

WITHOUT_FREIGHT = ("EXW", "FCA", "FAS", "FOB")
WITHOUT_INSURANCE = (*WITHOUT_FREIGHT, "CFR", "CPT")
WITH_BOTH = ("CIF", "CIP", "DAF", "DAP", "DAT", "DDP", "DDU", "DEQ", "DES", "DPU")
