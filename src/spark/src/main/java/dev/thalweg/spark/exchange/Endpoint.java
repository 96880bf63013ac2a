package dev.thalweg.spark.exchange;

import dev.thalweg.memory.Scope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SecurityManager;
import org.apache.spark.SparkConf;
import org.apache.spark.network.TransportContext;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.client.TransportClientBootstrap;
import org.apache.spark.network.client.TransportClientFactory;
import org.apache.spark.network.crypto.AuthClientBootstrap;
import org.apache.spark.network.crypto.AuthServerBootstrap;
import org.apache.spark.network.netty.SparkTransportConf;
import org.apache.spark.network.server.RpcHandler;
import org.apache.spark.network.server.TransportServer;
import org.apache.spark.network.server.TransportServerBootstrap;
import org.apache.spark.network.util.TransportConf;

/**
 * Where a process listens, and by what it reaches others: Spark's own network library, with the authentication and
 * encryption that the cluster has configured for itself.
 */
public final class Endpoint implements AutoCloseable {
    /** Settings of these ways alone begin with this: {@code spark.thalweg.io.serverThreads}. */
    private static final String MODULE = "thalweg";

    private final String host;
    private final TransportServer server;
    private final TransportClientFactory clients;
    private final Scope resources;

    /**
     * Begins to listen.
     *
     * @param conf of the application
     * @param security holds its secrets
     * @param host by which others find this process
     * @param bound the address of this machine at which it listens
     * @param handler takes what they send
     */
    public Endpoint(SparkConf conf, SecurityManager security, String host, String bound, RpcHandler handler) {
        this.host = host;
        // Silence is no end here: callbacks take their time, and who exchanges numbers has a watch of its own.
        SparkConf patient = conf.clone()
                .setIfMissing("spark.thalweg.io.connectionTimeout", "86400s")
                .setIfMissing("spark.thalweg.io.connectionCreationTimeout", "60s");
        TransportConf transport = SparkTransportConf.fromSparkConf(
                patient, MODULE, 1, scala.Option.empty(), scala.Option.apply(security.getRpcSSLOptions()));
        List<TransportServerBootstrap> ofServer = new ArrayList<>();
        List<TransportClientBootstrap> ofClients = new ArrayList<>();
        if (security.isAuthenticationEnabled()) {
            ofServer.add(new AuthServerBootstrap(transport, security));
            ofClients.add(new AuthClientBootstrap(transport, conf.getAppId(), security));
        }
        try (Scope opening = new Scope()) {
            TransportContext context = opening.own(new TransportContext(transport, handler));
            server = opening.own(context.createServer(bound, 0, ofServer));
            clients = opening.own(context.createClientFactory(ofClients));
            resources = opening.handOver();
        }
    }

    /** {@return where this process listens, for others} */
    public String address() {
        return host + ":" + server.getPort();
    }

    /**
     * Opens a way to another process, for the caller to close.
     *
     * @param address where it listens
     * @return the way
     * @throws IOException if it cannot be opened
     */
    public TransportClient connect(String address) throws IOException {
        int colon = address.lastIndexOf(':');
        try {
            return clients.createUnmanagedClient(
                    address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while connecting to " + address, e);
        }
    }

    @Override
    public void close() {
        resources.close();
    }
}
