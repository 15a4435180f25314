// Installs as the demonstration's own packages are installed: ends with the program that asked for it.
import '../../../../src/Gating.Local/node/install.mjs';
