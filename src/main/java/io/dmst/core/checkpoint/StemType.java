package io.dmst.core.checkpoint;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What turns pixels into the features that tokens are made of. */
public enum StemType {
    /** 3×3 convolutions of stride 2 with batch normalisation: ToST's stem. */
    CONVOLUTION,
    /** One linear map of each patch: the stem of the plain vision transformer. */
    PATCHES,
    /** The stages of EfficientNet-Lite0, which can be loaded pretrained. */
    @JsonProperty("efficientnet-lite0")
    EFFICIENTNET_LITE0,
    /** The stages of EfficientNet-Lite2, which can be loaded pretrained. */
    @JsonProperty("efficientnet-lite2")
    EFFICIENTNET_LITE2;

    /** Whether it is one of the convolutional networks that can be loaded pretrained. */
    public boolean pretrained() {
        return this == EFFICIENTNET_LITE0 || this == EFFICIENTNET_LITE2;
    }
}
