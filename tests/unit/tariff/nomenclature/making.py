"""Small schedules, written as the files they come in."""

import json

HORSES = [
    ("0", "0101", "Live horses, asses, mules and hinnies:", {}),
    ("1", "", "Horses:", {}),
    ("2", "0101.21.00", "Purebred breeding animals", {"general": "Free", "other": "Free"}),
    ("3", "0101.21.00.10", "Males", {"units": ["No."]}),
    ("3", "0101.21.00.20", "Females", {"units": ["No. and kg"]}),
    ("2", "0101.29.00", "Other", {"general": "Free", "other": "20%"}),
    ("1", "0101.30.00.00", "Asses", {"general": "6.8%", "special": "Free (A+, AU)", "units": ["No.", " "]}),
    ("0", "0102.00.00.00", "Live bovine animals", {"general": "1¢/kg + ?"}),
]


def hts_row(indent, htsno, description, **more):
    return {"htsno": htsno, "indent": indent, "description": description, "superior": None, **more}


def write_chapter(folder, number=1, rows=HORSES):
    folder.mkdir(exist_ok=True)
    told = [hts_row(indent, code, words, **more) for indent, code, words, more in rows]
    (folder / f"{number}.json").write_text(json.dumps(told))
    return folder


def write_csv(path, *lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
