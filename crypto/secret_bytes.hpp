#pragma once
// Bytes that must not outlive their use: move-only, wiped on destruction, not printable.

#include <cstddef>
#include <string_view>

#include "schemas/bytes.hpp"

namespace itqan::crypto {

class SecretBytes {
  public:
    SecretBytes() = default;
    /// That many zero bytes, to be filled through data().
    explicit SecretBytes(std::size_t size);
    /// Takes the bytes over; the vector is left empty.
    explicit SecretBytes(Bytes&& bytes);
    static SecretBytes copy_of(ByteView bytes);
    static SecretBytes copy_of(std::string_view text);

    SecretBytes(SecretBytes&& other) noexcept;
    SecretBytes& operator=(SecretBytes&& other) noexcept;
    SecretBytes(SecretBytes const&) = delete;
    SecretBytes& operator=(SecretBytes const&) = delete;
    ~SecretBytes();

    ByteView view() const { return bytes_; }
    std::uint8_t* data() { return bytes_.data(); }
    std::size_t size() const { return bytes_.size(); }
    bool empty() const { return bytes_.empty(); }

  private:
    void wipe() noexcept;

    Bytes bytes_;
};

}  // namespace itqan::crypto
