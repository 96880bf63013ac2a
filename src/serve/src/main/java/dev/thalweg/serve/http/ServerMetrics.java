package dev.thalweg.serve.http;

import dev.thalweg.inference.InferenceListener;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.serve.models.ServedModels;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Locale;

/** What operators see: counts, times and sizes, as Prometheus reads them. */
public final class ServerMetrics implements ServedModels.Changes, AutoCloseable {
    private static final String MODEL = "model";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    /** Starts with what the process takes. */
    public ServerMetrics() {
        new UptimeMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        Gauge.builder("thalweg.memory.off.heap", MemoryOwner::liveBytes)
                .description("Memory that models hold off the heap")
                .baseUnit("bytes")
                .register(registry);
    }

    /** {@return all numbers, in the text format of Prometheus} */
    String text() {
        return registry.scrape();
    }

    void answered(String method, String route, int status, Duration took) {
        Timer.builder("http.server.requests")
                .description("Requests, from the first byte to the last of the answer")
                .tags("method", method, "route", route, "status", Integer.toString(status))
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofSeconds(30))
                .register(registry)
                .record(took);
    }

    /**
     * Has the pictures that wait counted.
     *
     * @param models whose queues are looked at
     */
    public void watch(ServedModels models) {
        Gauge.builder(
                        "thalweg.queue.pictures",
                        models,
                        all -> all.all().stream()
                                .mapToInt(model -> model.current().service().pending())
                                .sum())
                .description("Pictures that wait to be computed")
                .register(registry);
    }

    /**
     * {@return who counts what a model does}
     *
     * @param model by name
     */
    public InferenceListener of(String model) {
        DistributionSummary sizes = DistributionSummary.builder("thalweg.batch.pictures")
                .description("Pictures of a batch")
                .tag(MODEL, model)
                .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64, 128)
                .register(registry);
        Timer computing = timer("thalweg.batch.compute", "What computing a batch took", model);
        Timer waiting = timer("thalweg.queue.wait", "How long the first request of a batch waited", model);
        return new InferenceListener() {
            @Override
            public void onBatch(ComputedBatch batch) {
                sizes.record(batch.pictures());
                computing.record(batch.compute());
                waiting.record(batch.longestWait());
            }

            @Override
            public void onDrop(Drop reason) {
                registry.counter(
                                "thalweg.requests.dropped",
                                MODEL,
                                model,
                                "reason",
                                reason.name().toLowerCase(Locale.ROOT))
                        .increment();
            }
        };
    }

    private Timer timer(String name, String description, String model) {
        return Timer.builder(name)
                .description(description)
                .tag(MODEL, model)
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofNanos(100_000))
                .maximumExpectedValue(Duration.ofSeconds(30))
                .register(registry);
    }

    @Override
    public void loaded(String model) {
        loads(model, "loaded");
    }

    @Override
    public void failed(String model) {
        loads(model, "failed");
    }

    private void loads(String model, String outcome) {
        registry.counter("thalweg.model.loads", MODEL, model, "outcome", outcome)
                .increment();
    }

    @Override
    public void close() {
        registry.close();
    }
}
