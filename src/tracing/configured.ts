/** Whether the environment names a receiver of spans, in the standard variables of OpenTelemetry. */
export function isTracingConfigured(environment: NodeJS.ProcessEnv): boolean {
	const {
		OTEL_SDK_DISABLED,
		OTEL_EXPORTER_OTLP_ENDPOINT,
		OTEL_EXPORTER_OTLP_TRACES_ENDPOINT,
		OTEL_TRACES_EXPORTER,
	} = environment;
	if (OTEL_SDK_DISABLED?.toLowerCase() === 'true' || OTEL_TRACES_EXPORTER === 'none') return false;
	return Boolean(OTEL_EXPORTER_OTLP_ENDPOINT || OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || OTEL_TRACES_EXPORTER);
}
