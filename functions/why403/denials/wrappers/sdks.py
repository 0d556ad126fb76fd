"""The SDKs' wrappers, in the order in which they are asked."""

from why403.denials.call import Wrapper
from why403.denials.wrappers import botocore, cpp, dotnet, go, java, javascript, php, ruby, rust

SDKS: tuple[Wrapper, ...] = (
    botocore.WRAPPER,
    go.V2_WRAPPER,
    go.API_ERROR_WRAPPER,
    go.V1_WRAPPER,
    java.WRAPPER,
    java.CLASSES,
    javascript.WRAPPER,
    javascript.CODES,
    php.WRAPPER,
    php.CLASSES,
    ruby.WRAPPER,
    dotnet.WRAPPER,
    rust.WRAPPER,
    rust.CODES,
    cpp.WRAPPER,
    cpp.ARROW_WRAPPER,
)
