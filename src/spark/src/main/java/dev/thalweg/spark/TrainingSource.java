package dev.thalweg.spark;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import dev.thalweg.train.Callback;
import dev.thalweg.train.EpochResult;
import dev.thalweg.train.Training;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.metrics.MetricsSystem;
import org.apache.spark.metrics.source.Source;

/**
 * What the last epoch came to, among the driver's metrics: where its interface shows them, as under
 * {@code /metrics/json}, and in whatever sinks the cluster has configured.
 */
final class TrainingSource implements Source, Callback, AutoCloseable {
    private final MetricRegistry registry = new MetricRegistry();
    private final Map<String, Double> values = new ConcurrentHashMap<>();
    private final MetricsSystem system;

    /** Shows its metrics until it is closed. */
    TrainingSource(MetricsSystem system) {
        this.system = system;
        show("epoch", 0);
        system.registerSource(this);
    }

    @Override
    public String sourceName() {
        return "thalweg";
    }

    @Override
    public MetricRegistry metricRegistry() {
        return registry;
    }

    private void show(String name, double value) {
        if (values.put(name, value) == null) {
            registry.register(name, (Gauge<Double>) () -> values.get(name));
        }
    }

    @Override
    public void onTrainBegin(Training training) {
        show("epochs", training.epochs());
        show("batches", training.batches());
    }

    @Override
    public void onEpochEnd(Training training, EpochResult result) {
        show("epoch", result.epoch());
        show("step", training.step());
        show("seconds", result.seconds());
        show("learning_rate", result.learningRate());
        show("loss", result.loss());
        result.metrics().forEach(this::show);
        result.validation().ifPresent(validation -> {
            show("validation_loss", validation.loss());
            validation.metrics().forEach((name, value) -> show("validation_" + name, value));
        });
    }

    @Override
    public void close() {
        system.removeSource(this);
    }
}
