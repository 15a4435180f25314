// Azurite loads Application Insights however it is told to report nothing, and OpenTelemetry with it: two thirds of all that was installed, and more than half of
// each start. Nobody calls what stands here as long as Azurite is started with --disableTelemetry.
const off = () => {
  throw new Error('Telemetry is not installed here: start Azurite with --disableTelemetry');
};

module.exports = { setup: off, start: off, TelemetryClient: off };
