// Copyright the Ferrule authors
// SPDX-License-Identifier: Apache-2.0

//! Sending, for all of the engine's handlers.

use crate::engine_api::{
    MessageSourceLocalEffectHandlerExtension, MessageSourceSharedEffectHandlerExtension, OtapPdata,
    PortName, TypedError, local, shared,
};

/// A handler of a node with outputs, of which the engine has four: those of receivers and
/// processors, local and shared. Sealed.
pub trait SendMessages: sealed::Sealed {
    #[doc(hidden)]
    fn has_output(&self, port: Option<&PortName>) -> bool;

    #[doc(hidden)]
    #[allow(clippy::result_large_err, reason = "the engine's own result")]
    fn try_send(
        &self,
        port: Option<PortName>,
        data: OtapPdata,
    ) -> Result<(), TypedError<OtapPdata>>;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! sends {
    ($handler:ty, $extension:ident) => {
        impl sealed::Sealed for $handler {}

        impl SendMessages for $handler {
            fn has_output(&self, port: Option<&PortName>) -> bool {
                match port {
                    Some(port) => self.router.connected_ports().contains(port),
                    None => self.router.default_port().is_some(),
                }
            }

            fn try_send(
                &self,
                port: Option<PortName>,
                data: OtapPdata,
            ) -> Result<(), TypedError<OtapPdata>> {
                match port {
                    Some(port) => {
                        $extension::try_send_message_with_source_node_to(self, port, data)
                    }
                    None => $extension::try_send_message_with_source_node(self, data),
                }
            }
        }
    };
}

sends!(
    local::processor::EffectHandler<OtapPdata>,
    MessageSourceLocalEffectHandlerExtension
);
sends!(
    local::receiver::EffectHandler<OtapPdata>,
    MessageSourceLocalEffectHandlerExtension
);
sends!(
    shared::processor::EffectHandler<OtapPdata>,
    MessageSourceSharedEffectHandlerExtension
);
sends!(
    shared::receiver::EffectHandler<OtapPdata>,
    MessageSourceSharedEffectHandlerExtension
);
