"""Reports of a run: findings, the edit log, the explained diff, SARIF, and the HTML report.

All of them read the trail that the pipeline left in the document; none of them runs a rule again.
"""
