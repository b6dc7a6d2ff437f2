"""Write eval/result.schema.json, the schema of what `mtfix eval --json` writes: python eval/write_schema.py"""

import json
from pathlib import Path

from mtfix.evaluation.result import result_schema

Path(__file__).with_name("result.schema.json").write_text(
    json.dumps(result_schema(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
)
