package dev.thalweg.serve.http;

import dev.thalweg.inference.InferenceListener;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.serve.models.ServedModel;
import dev.thalweg.serve.models.ServedModels;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What operators see: counts, times and sizes, as Prometheus reads them. */
public final class ServerMetrics implements ServedModels.Changes, AutoCloseable {
    private static final String MODEL = "model";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private final MultiGauge queues = MultiGauge.builder("thalweg.queue.pictures")
            .description("Pictures that wait to be computed")
            .register(registry);
    private Optional<ServedModels> watched = Optional.empty();

    /** Starts with what the process takes. */
    public ServerMetrics() {
        new UptimeMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        collections.bindTo(registry);
        Gauge.builder("thalweg.memory.off.heap", MemoryOwner::liveBytes)
                .description("Memory that models hold off the heap")
                .baseUnit("bytes")
                .register(registry);
    }

    /** {@return all numbers, in the text format of Prometheus} */
    synchronized String text() {
        watched.ifPresent(this::countQueues);
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
     * Has the pictures counted that wait for each model.
     *
     * @param models whose queues are looked at
     */
    public synchronized void watch(ServedModels models) {
        watched = Optional.of(models);
    }

    /** Models come and go. */
    private void countQueues(ServedModels models) {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        for (ServedModel model : models.all()) {
            rows.add(MultiGauge.Row.of(
                    Tags.of(MODEL, model.name()), model.current().service().pending()));
        }
        queues.register(rows, true);
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
        collections.close();
        registry.close();
    }
}
