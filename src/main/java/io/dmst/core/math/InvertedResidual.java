package io.dmst.core.math;

import java.util.Optional;

/**
 * An inverted residual with ReLU6 (arXiv 1801.04381), without squeeze and excitation: 1×1 to more
 * channels, a convolution of each channel apart, 1×1 to fewer, and the image itself where the shape
 * stays. Immutable and thread-safe.
 *
 * @param expand to more channels, if it does
 * @param depthwise of each channel
 * @param project to fewer channels
 * @param skip whether the image is added
 */
public record InvertedResidual(
        Optional<ConvolutionSpecification> expand,
        ConvolutionSpecification depthwise,
        ConvolutionSpecification project,
        boolean skip) {

    /** The image after it. */
    public ConvolutionSpecification.Image apply(ConvolutionSpecification.Image x) {
        ConvolutionSpecification.Image wide = expand.map(layer -> layer.apply(x).relu6()).orElse(x);
        ConvolutionSpecification.Image y = project.apply(depthwise.apply(wide).relu6());
        return skip ? x.plus(y) : y;
    }
}
