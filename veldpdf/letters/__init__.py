"""Messages to the partners whose submission is not complete yet.

`letters` decides from the facts whom to ask for what; `rendering` words it by a layout that officers may replace;
`worksheets` makes the worksheet that goes along, and `mail` an e-mail that lies ready to be sent.
"""
