"""The chapters of the report, a module each or for several; `analyses.report.build` puts them in order."""
