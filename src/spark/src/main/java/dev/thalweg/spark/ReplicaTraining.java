package dev.thalweg.spark;

import dev.thalweg.Compilation;
import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.collective.CollectiveException;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.memory.Scope;
import dev.thalweg.spark.exchange.PeerCollective;
import dev.thalweg.tensor.Threads;
import dev.thalweg.train.Callback;
import dev.thalweg.train.Fit;
import dev.thalweg.train.History;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkEnv;

/** The training of one replica, as any other process would run it. */
record ReplicaTraining(ReplicaOrder order, Configuration configuration) {
    /** {@return the name of the checkpoint to go on from; empty if there is none} */
    Optional<String> lastCheckpoint() throws IOException {
        return order.checkpoints() == null ? Optional.empty() : checkpoints().last();
    }

    private HadoopCheckpoints checkpoints() throws IOException {
        return new HadoopCheckpoints(String.valueOf(order.checkpoints()), configuration);
    }

    ReplicaResult run(PeerCollective collective, Optional<String> checkpoint) throws IOException {
        try (Scope scope = new Scope()) {
            Path directory = Files.createTempDirectory("thalweg-replica");
            scope.own(() -> delete(directory));
            Model model = scope.own(SentModel.loaded(order.model()))
                    .backend(BackendChoice.AUTO, Threads.of(order.threads()))
                    .compile((Compilation) order.compilation().value());
            Fit fit = ((SentFit) order.fit().value()).fit().replicated(collective);
            ImageDataset training = scope.own(new HadoopPictures(order.training(), configuration).open());
            if (order.validation() != null) {
                fit = fit.validation(scope.own(new HadoopPictures(order.validation(), configuration).open()));
            }
            fit = fit.callbacks(callbacks(collective, directory, scope));
            if (checkpoint.isPresent()) {
                Path copy = directory.resolve(checkpoint.get());
                checkpoints().copyTo(checkpoint.get(), copy);
                fit = fit.resume(copy);
            }
            // Closed before the model: nobody reads or writes its numbers any more when they are freed.
            scope.own(collective);
            return train(model, training, fit, collective);
        }
    }

    private ReplicaResult train(Model model, ImageDataset training, Fit fit, PeerCollective collective)
            throws IOException {
        try {
            History history = model.fit(training, fit);
            ReplicaResult result = new ReplicaResult.Trained(null, null);
            if (collective.rank() == 0) {
                if (order.averagedWeights() && !history.epochs().isEmpty()) {
                    model.weights(model.averagedWeights());
                }
                result = new ReplicaResult.Trained(SentModel.saved(model), RecordForm.of(history));
            }
            collective.barrier();
            return result;
        } catch (CollectiveException e) {
            throw e;
        } catch (Throwable e) {
            collective.abort(e.toString());
            throw e;
        }
    }

    private List<Callback> callbacks(PeerCollective collective, Path directory, Scope scope) throws IOException {
        List<Callback> callbacks = new ArrayList<>();
        if (collective.rank() == 0) {
            callbacks.add(scope.own(new CallbackLine(collective, SparkEnv.get(), order, directory)));
        }
        if (order.checkpoints() != null) {
            Compilation compilation = (Compilation) order.compilation().value();
            callbacks.add(new CheckpointKeeping(
                    checkpoints(),
                    directory,
                    order.everyBatches(),
                    compilation.optimizer().descent().gradientAccumulationSteps()));
        }
        return callbacks;
    }

    private static void delete(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
