"""The same work in a browser, on this computer only: ``veldpdf web``.

A page at 127.0.0.1 for people who never open a terminal. What it does is done by the functions that the command line
uses; here are only the state of one run, the pages that show it, and what keeps everybody else out.

- `running` starts and stops the server, `connections` bounds what strangers may cost it, `guarding` decides who may ask
  for anything.
- `storage` keeps the dropped files in a private folder of this run, `uploads` takes them in.
- `workspace` is the state of the run: files, submissions, what the officer changed by hand.
- `app` puts the pages together: `collecting`, `looking`, `reporting`, `prefilling`; `pages` draws them,
  `downloads` hands out files.

Nothing of what partners typed is written to a log, and no name that a browser sends ever becomes a path.
"""
