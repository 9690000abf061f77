# The tools that AssemblyScript needs, for make/tools.sh.

minimum=$(sed -nE 's/^ *"node": ">=([0-9.]+)".*/\1/p' package.json)

tool node node "$minimum" test 'node --version' https://nodejs.org \
  'brew install node' 'apt-get install nodejs npm' 'dnf install nodejs npm'
tool npm npm '' test 'npm --version' https://nodejs.org \
  'brew install node' 'apt-get install nodejs npm' 'dnf install nodejs npm'
