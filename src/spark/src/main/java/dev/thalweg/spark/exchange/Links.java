package dev.thalweg.spark.exchange;

import java.util.concurrent.Future;
import java.util.function.Consumer;

/** The ways from one replica to all others, on each of which messages keep their order. */
interface Links extends AutoCloseable {
    /**
     * Begins to send; the message's body must stay as it is until that is done.
     *
     * @param rank to which replica
     * @param message what
     * @return done when the message was handed to the system; fails if it cannot be
     */
    Future<?> send(int rank, Message message);

    /**
     * Takes what comes.
     *
     * @param messages is told each message, by several threads at once; its body is valid during the call
     * @param lost is told what broke, where a way to another replica did
     */
    void receive(Consumer<Message> messages, Consumer<String> lost);

    @Override
    void close();
}
