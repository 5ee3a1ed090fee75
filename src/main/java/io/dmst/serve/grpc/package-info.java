/** The gRPC interface: our service and the Open Inference Protocol's, one table of statuses. */
@NullMarked
package io.dmst.serve.grpc;

import org.jspecify.annotations.NullMarked;
