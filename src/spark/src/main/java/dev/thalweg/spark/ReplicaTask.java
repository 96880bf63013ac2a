package dev.thalweg.spark;

import dev.thalweg.collective.CollectiveException;
import dev.thalweg.memory.Scope;
import dev.thalweg.spark.exchange.PeerCollective;
import dev.thalweg.spark.exchange.SparkLinks;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction1;

/**
 * The task of one executor: finds the others, trains with them, and leaves none of them waiting. It answers a
 * {@link ReplicaResult} as bytes, which any serializer of Spark's takes.
 */
final class ReplicaTask extends AbstractFunction1<Iterator<Integer>, Iterator<byte[]>> implements Serializable {
    private static final long serialVersionUID = 1;

    private final Sent<ReplicaOrder> order;
    private final Broadcast<SerializableConfiguration> configuration;

    ReplicaTask(Sent<ReplicaOrder> order, Broadcast<SerializableConfiguration> configuration) {
        this.order = order;
        this.configuration = configuration;
    }

    @Override
    public Iterator<byte[]> apply(Iterator<Integer> ranks) {
        try {
            return CollectionConverters.asScala(
                    List.of(JavaBytes.of(train()).array()).iterator());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ReplicaResult train() throws IOException {
        BarrierTaskContext context = BarrierTaskContext.get();
        int rank = context.partitionId();
        SparkEnv spark = SparkEnv.get();
        String host = spark.blockManager().blockManagerId().host();
        try (Scope scope = new Scope()) {
            ReplicaTraining training =
                    new ReplicaTraining(order.value(), configuration.value().value());
            SparkLinks links = scope.own(new SparkLinks(spark.conf(), spark.securityManager(), host, rank));
            String last = rank == 0 ? training.lastCheckpoint().orElse("") : "";
            List<String[]> all = Arrays.stream(context.allGather(links.address() + " " + last))
                    .map(each -> each.split(" ", -1))
                    .toList();
            links.connect(all.stream().map(each -> each[0]).toList());
            // Whoever is told something before it can listen would keep others from connecting to it.
            context.barrier();
            PeerCollective collective = scope.own(new PeerCollective(
                    links,
                    rank,
                    all.size(),
                    order.value().gradientPrecision(),
                    order.value().patience(),
                    context::isInterrupted));
            Optional<String> checkpoint = Optional.of(all.getFirst()[1]).filter(name -> !name.isEmpty());
            return run(training, collective, checkpoint);
        }
    }

    /** What is thrown here would have Spark give up the others' answers: it is an answer too. */
    private static ReplicaResult run(ReplicaTraining training, PeerCollective collective, Optional<String> checkpoint) {
        try {
            return training.run(collective, checkpoint);
        } catch (CollectiveException e) {
            return new ReplicaResult.Abandoned(String.valueOf(e.getMessage()));
        } catch (Throwable e) {
            collective.abort(e.toString());
            return new ReplicaResult.Failed(Throwables.sendable(e));
        }
    }
}
