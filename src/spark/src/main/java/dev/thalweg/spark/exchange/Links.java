package dev.thalweg.spark.exchange;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.Future;

/** The ways from one replica to all others, on each of which messages keep their order. */
interface Links extends AutoCloseable {
    /** Takes what comes, from several threads at once. */
    interface Receiver {
        /**
         * Takes a short message.
         *
         * @param message its body is valid during the call
         */
        void take(Message message);

        /**
         * {@return where the numbers of a long message go, as they come}
         *
         * @param header without the numbers
         * @param bytes how many they are
         */
        MemorySegment room(Message header, long bytes);

        /**
         * Takes a long message, whose numbers are where they belong.
         *
         * @param header without them
         */
        void filled(Message header);

        /**
         * Is told that some of a long message came.
         *
         * @param replica of whom
         */
        void heard(int replica);

        /**
         * Is told that nothing will come any more.
         *
         * @param replica of whom
         */
        void left(int replica);
    }

    /**
     * Begins to send a short message; its body must stay as it is until that is done.
     *
     * @param rank to which replica
     * @param message what
     * @return done when the message was handed to the system; fails if it cannot be
     */
    Future<?> send(int rank, Message message);

    /**
     * Begins to send numbers, from where they lie; they must stay as they are until that is done.
     *
     * @param rank to which replica
     * @param message with the numbers as its body
     * @return done when the other replica has them; fails if it cannot
     */
    Future<?> sendNumbers(int rank, Message message);

    /**
     * Begins to receive.
     *
     * @param receiver takes what comes
     */
    void receive(Receiver receiver);

    @Override
    void close();
}
