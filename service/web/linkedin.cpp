#include "service/web/linkedin.hpp"

#include "service/web/form.hpp"

namespace itqan::web {

Url linkedin_profile_address(LinkedInEntry const& entry) {
    std::string address = "https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME";
    auto const add = [&](std::string_view name, std::string_view value) {
        address += "&" + std::string(name) + "=" + encode_query_value(value);
    };
    add("name", entry.name);
    if (entry.organization_id)
        add("organizationId", *entry.organization_id);
    else
        add("organizationName", entry.organization_name);
    add("issueYear", std::to_string(entry.issued.year()));
    add("issueMonth", std::to_string(entry.issued.month()));
    if (entry.expires) {
        add("expirationYear", std::to_string(entry.expires->year()));
        add("expirationMonth", std::to_string(entry.expires->month()));
    }
    add("certUrl", entry.page);
    add("certId", entry.certificate_id);
    return Url::of(address);
}

Url linkedin_post_address(std::string_view page) {
    return Url::of("https://www.linkedin.com/sharing/share-offsite/?url=" + encode_query_value(page));
}

}  // namespace itqan::web
