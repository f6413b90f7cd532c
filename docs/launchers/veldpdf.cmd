@echo off
rem Start veldpdf in the browser with a double click: Windows. The first time it sets everything up, which needs the
rem internet and takes a minute; after that it starts at once. Nothing outside this folder is changed.
setlocal
cd /d "%~dp0..\.."
set "program=.venv\Scripts\veldpdf.exe"
if exist "%program%" (
  .venv\Scripts\python -c "import docx, olefile, openpyxl, starlette, uvicorn" >nul 2>&1 && goto start
)
set "python=py -3"
py -3 --version >nul 2>&1 || set "python=python"
%python% --version >nul 2>&1 || goto nopython
echo veldpdf wordt klaargezet; dit duurt een minuut ... (veldpdf is being set up)
%python% -m venv .venv || goto failed
.venv\Scripts\python -m pip install -q ".[web,office,mail,crypto,shaping,svg]" || goto failed
:start
"%program%" web
if errorlevel 1 pause
exit /b
:nopython
echo Python ontbreekt. Installeer het van https://www.python.org/downloads/ en dubbelklik opnieuw.
echo Python is missing. Install it from https://www.python.org/downloads/ and double-click again.
pause
exit /b 1
:failed
echo Dat lukte niet. Is er internet? (That failed. Is there internet?)
pause
exit /b 1
