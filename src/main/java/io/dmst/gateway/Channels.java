package io.dmst.gateway;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.TlsChannelCredentials;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslManagerBundle;

/** Connections to nodes, all made the same way. Immutable. */
final class Channels {

    /** Explanations of the largest variants; a node's own answers are never larger. */
    private static final int LARGEST_ANSWER = 64 << 20;

    private static final long KEEP_ALIVE_TIMEOUT_SECONDS = 2;

    private final GatewayProperties properties;
    private final ChannelCredentials credentials;

    /**
     * @throws IllegalArgumentException if a bundle is named that is not there
     */
    Channels(GatewayProperties properties, @Nullable SslBundles bundles) {
        this.properties = properties;
        String name = properties.sslBundle();
        if (name == null) {
            credentials = InsecureChannelCredentials.create();
        } else if (bundles == null || !bundles.getBundleNames().contains(name)) {
            throw new IllegalArgumentException(
                    "dmst.gateway.ssl-bundle is %s, but spring.ssl.bundle has no bundle of that name"
                            .formatted(name));
        } else {
            credentials = tls(bundles.getBundle(name));
        }
    }

    private static ChannelCredentials tls(SslBundle bundle) {
        SslManagerBundle managers = bundle.getManagers();
        TlsChannelCredentials.Builder builder =
                TlsChannelCredentials.newBuilder().trustManager(managers.getTrustManagers());
        if (bundle.getStores().getKeyStore() != null) {
            builder.keyManager(managers.getKeyManagers());
        }
        return builder.build();
    }

    /** A connection, made when it is first used. */
    ManagedChannel to(Address address) {
        ManagedChannelBuilder<?> builder =
                Grpc.newChannelBuilderForAddress(address.host(), address.port(), credentials)
                        .overrideAuthority(address.authority())
                        .maxInboundMessageSize(LARGEST_ANSWER)
                        .disableRetry();
        if (properties.keepAlive().isPositive()) {
            builder.keepAliveTime(properties.keepAlive().toMillis(), TimeUnit.MILLISECONDS)
                    .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                    .keepAliveWithoutCalls(true);
        }
        return builder.build();
    }
}
