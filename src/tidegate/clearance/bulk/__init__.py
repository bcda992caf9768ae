"""Low-value consignments by the batch: rows of the reduced data set lodged, decided on, released."""

from tidegate.clearance.bulk.acting import pay_upload, record_row_control
from tidegate.clearance.bulk.deciding import BulkTerms, DecidedRows, decide_rows
from tidegate.clearance.bulk.desk import (
    RowToControl,
    UploadToPay,
    count_to_control,
    row_as_stored,
    rows_to_control,
    uploads_to_pay,
)
from tidegate.clearance.bulk.lodging import PartReceipt, lodge_part
from tidegate.clearance.bulk.model import DECIDED_COLUMNS, UPLOAD_KEY, decided_rows, lodged_rows
from tidegate.clearance.bulk.queries import (
    Part,
    RowState,
    UploadStatus,
    decisions_of,
    findings_of_rows,
    parts_of,
    row_state,
    upload_status,
    uploads_of,
)
from tidegate.clearance.bulk.reader import BulkReader
from tidegate.clearance.bulk.responder import BulkResponder
from tidegate.clearance.bulk.results import KEPT_BACK, RESULT_COLUMNS, result_lines, write_results

__all__ = [
    "DECIDED_COLUMNS",
    "KEPT_BACK",
    "RESULT_COLUMNS",
    "UPLOAD_KEY",
    "BulkReader",
    "BulkResponder",
    "BulkTerms",
    "DecidedRows",
    "Part",
    "PartReceipt",
    "RowState",
    "RowToControl",
    "UploadStatus",
    "UploadToPay",
    "count_to_control",
    "decide_rows",
    "decided_rows",
    "decisions_of",
    "findings_of_rows",
    "lodge_part",
    "lodged_rows",
    "parts_of",
    "pay_upload",
    "record_row_control",
    "result_lines",
    "row_as_stored",
    "row_state",
    "rows_to_control",
    "upload_status",
    "uploads_of",
    "uploads_to_pay",
    "write_results",
]
